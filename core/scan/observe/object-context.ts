import { given } from '../../model/given.ts';
import type { Path } from '../../model/values-at.ts';
import type { ManifestObject } from '../manifest/manifest-object.ts';
import type { Finding, Source } from '../report/report-schema.ts';

/** The context of an object, beside its content. */
export interface ObjectContext {
  /** `manifest` for everything in files; undefined in a cluster, where each detector names its own source. */
  readonly source?: Source;
  readonly owner?: string;
  readonly cause: string;
  /** Evidence that is added to every finding: `It is embedded in ConfigMap/web.` */
  readonly evidence: readonly string[];
  /** The location of a value of the object in the files. */
  readonly locate?: (path: Path) => NonNullable<Finding['location']>;
}

/** The parts of an observation that come from the object itself; `source` is used where the context names none. */
export const observedOf = (object: ManifestObject, context: ObjectContext, path: Path, source: Source) => ({
  source: context.source ?? source,
  subject: subjectOf(object),
  ...given({ owner: context.owner }),
  cause: context.cause,
  ...given({ location: context.locate?.([...object.path, ...path]) }),
});

export const subjectOf = ({ apiVersion, kind, namespace, name }: ManifestObject) => ({
  apiVersion,
  kind,
  ...given({ namespace, name }),
});
