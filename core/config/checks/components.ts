import { KubeVersion } from '../../version/kube-version.ts';
import { isTargetMinor } from '../../version/target.ts';
import { fieldOf } from '../sound-fields.ts';
import { checkNames, listOf, type Report } from './check.ts';
import { checkImage } from './hooks.ts';

const LIST = ['spec', 'components'];

/** Checks components: names are unique, Liftlock can reach the API server, and a hook has a version for every minor on the way. */
export function checkComponents(document: unknown, images: readonly string[] | undefined, report: Report): void {
  const components = listOf(fieldOf(document, ...LIST));
  checkNames(components, LIST, 'what its hook has said is kept by its name', report);
  for (const [index, component] of components.entries()) {
    checkImage(fieldOf(component, 'hook'), [...LIST, index, 'hook'], images, report);
    if (fieldOf(component, 'hook') === undefined) continue;
    const missing = missingMinors(fieldOf(component, 'versions'), fieldOf(document, 'spec', 'target'));
    if (missing === undefined) continue;
    const message = `it names no version for ${missing}, so that nobody could tell the hook where to move it. Name one in versions, or remove the hook.`;
    report('error', [...LIST, index, 'hook'], message, 'key');
  }
  if (components.length > 0 && fieldOf(document, 'spec', 'verification') === 'eks-api') {
    const message =
      'verification: eks-api asks no API server, so that nobody sees what runs and no cluster could be upgraded. Remove the components, or verify in full.';
    report('error', LIST, message, 'key');
  }
}

/** The first minor without a version. Clusters go one minor at a time, so every minor between the first and the last needs one. */
function missingMinors(versions: unknown, target: unknown): string | undefined {
  const named = Object.keys(versions ?? {}).flatMap((minor) => KubeVersion.tryParse(minor) ?? []);
  const goal = typeof target === 'string' && isTargetMinor(target) ? [KubeVersion.parse(target)] : [];
  const [first, ...others] = [...named, ...goal].sort((one, other) => one.compare(other));
  if (named.length === 0 || first === undefined) return goal[0]?.toString() ?? 'any minor';
  const last = others.at(-1) ?? first;
  for (let minor = first; !last.isOlderThan(minor); minor = minor.next())
    if (!named.some((one) => one.equals(minor))) return minor.toString();
  return undefined;
}
