import type { CloudParts } from '../cloud-parts.ts';
import type { Resource } from '../template/resolve-stack.ts';

/** Makes one resource of a stack; `all` are the others of the same stack. Throws what makes the resource impossible. */
export type Installer = (resource: Resource, parts: CloudParts, all: readonly Resource[]) => void | Promise<void>;

export type Installers = Readonly<Record<string, Installer>>;

/** A property as what the template's author meant it to be; resolve-stack.ts knows which properties there are. */
export const propertyOf = <T>(resource: Resource, name: string): T => resource.properties[name] as T;

/** Nothing to make: the resource is data of another one, or known by its name alone. */
export const nothing: Installer = () => {};
