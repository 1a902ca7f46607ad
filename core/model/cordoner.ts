/** Annotation of a node that Liftlock has cordoned; its value is the id of the upgrade. */
export const CORDON_MARK = 'liftlock.dev/cordoned-by';

/** https://github.com/kubernetes/kubernetes/blob/v1.34.0/staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/capmanagers.go */
const SEVERAL_MANAGERS = 'ancient-changes';

/** The annotations of an object and the writers of its fields; the API server's object has more members. */
interface Metadata {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly managedFields?: readonly { readonly manager?: string; readonly fieldsV1?: object }[];
}

/**
 * The upgrade whose cordon a node has, or had last; undefined where the cordon is somebody else's. The mark alone proves nothing: `kubectl uncordon`
 * leaves it, and `kubectl cordon` adds none. So the last writer of `spec.unschedulable` has to be the writer of the mark, as in Liftlock's patch,
 * which sets both (https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management). Where no writer is known, as behind a proxy
 * that removes `managedFields`, the mark counts.
 * @param metadata of a Node, as the API server returns it
 */
export function cordonerOf(metadata: unknown): string | undefined {
  const { annotations, managedFields = [] } = (metadata ?? {}) as Metadata;
  const owners = managedFields.filter(({ fieldsV1 }) => owns(fieldsV1, 'f:spec', 'f:unschedulable'));
  const isOurs = owners.every(
    ({ manager, fieldsV1 }) =>
      manager !== SEVERAL_MANAGERS && owns(fieldsV1, 'f:metadata', 'f:annotations', `f:${CORDON_MARK}`),
  );
  return isOurs ? annotations?.[CORDON_MARK] : undefined;
}

const owns = (fields: unknown, ...path: readonly string[]): boolean =>
  path.reduce((found, field) => (found as Readonly<Record<string, unknown>> | undefined)?.[field], fields) !==
  undefined;
