import type { CloudParts } from '../cloud-parts.ts';
import type { Resource } from '../template/resolve-stack.ts';

/** Creates one resource of a stack; `all` are the resources of the same stack. Throws when the resource cannot be created. */
export type Installer = (resource: Resource, parts: CloudParts, all: readonly Resource[]) => void | Promise<void>;

export type Installers = Readonly<Record<string, Installer>>;

/** A property with the type that the template's author intended; resolve-stack.ts checks which properties exist. */
export const propertyOf = <T>(resource: Resource, name: string): T => resource.properties[name] as T;

/** For a resource that is only data of another one, or only a name. */
export const nothing: Installer = () => {};
