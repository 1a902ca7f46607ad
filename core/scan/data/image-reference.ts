/** The parts of a container image's name. */
interface ImageReference {
  /** Host, folders and name, with `docker.io` where the image names no host and `library` where it names no folder. */
  readonly repository: string;
  /** As written: `v1.18.1-eksbuild.1`. Undefined where the image has no tag. */
  readonly tag: string | undefined;
}

/** Splits an image as container runtimes do: `registry:5000/a/b:tag@sha256:…`, where every part but the name is optional. */
export function parseImage(image: string): ImageReference {
  const [named = ''] = image.trim().split('@');
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const name = hasTag ? named.slice(0, colon) : named;
  return { repository: withHost(name.toLowerCase()), tag: hasTag ? named.slice(colon + 1) : undefined };
}

/**
 * Whether the repository ends in the folders and name of `suffix`: `jetstack/cert-manager-controller`. The host is not compared, because mirrors and
 * pull-through caches put their own host and folders before an image and keep the rest.
 */
export function endsInRepository(repository: string, suffix: string): boolean {
  return repository === suffix || repository.endsWith(`/${suffix}`);
}

/** Whether the image comes from the host, or from the host and first folders, of `registry`: `k8s.gcr.io`, `docker.io/bitnami`. */
export function comesFromRegistry(repository: string, registry: string): boolean {
  return repository.startsWith(`${registry}/`);
}

/**
 * The version number in a tag, without prefix and suffix: `1.18.1` of `v1.18.1-eksbuild.1`, `2.14.1` of `stable-2.14.1`. Undefined for a tag that is
 * no version, such as `latest`, `edge-25.1.1` or a commit.
 */
export function versionOfTag(tag: string): string | undefined {
  return /^(?:stable-|release-|enterprise-)?v?(\d{1,4}\.\d{1,4}(?:\.\d{1,6})?)(?:[-+_.][\w.+-]*)?$/.exec(tag)?.[1];
}

function withHost(name: string): string {
  const [first = ''] = name.split('/');
  if (first === name) return `docker.io/library/${name}`;
  return /[.:]/.test(first) || first === 'localhost' ? name : `docker.io/${name}`;
}
