import { KubeVersion } from '../../version/kube-version.ts';
import { isTargetMinor } from '../../version/target.ts';
import { componentSchema } from '../schema/component.ts';
import { hookSchema } from '../schema/hook.ts';
import { durationMilliseconds } from '../schema/quantities.ts';
import { fieldOf, listOf, type Report, repeats } from './check.ts';
import { HOUR, MOST_HOURS, waitIn } from './hooks.ts';
import { checkUrl } from './smoke-urls.ts';

const LIST = ['spec', 'components'];

/** Components are known by their name, and looked at through the API server; a hook has to be told a version for every minor on the way. */
export function checkComponents(document: unknown, allowedHosts: readonly string[], report: Report): void {
  const components = listOf(fieldOf(document, ...LIST));
  const names = components.map((component) => fieldOf(component, 'name'));
  for (const [index, name] of repeats(names)) {
    if (name === undefined) continue;
    const message = `"${name}" is the name of components[${names.indexOf(name)}] already, and what its hook has said is kept by its name. Rename one.`;
    report('error', [...LIST, index, 'name'], message);
  }
  for (const [index, component] of components.entries()) {
    checkUrl(fieldOf(component, 'hook', 'webhook'), [...LIST, index, 'hook', 'webhook'], allowedHosts, report);
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
  checkTogether(document, components, report);
}

/** They wait one after the other with the hooks of the add-ons, in one execution for each phase. */
function checkTogether(document: unknown, components: readonly unknown[], report: Report): void {
  const hooks = listOf(fieldOf(document, 'spec', 'hooks')).map((written) => hookSchema.safeParse(written).data);
  const waitForHooks = hooks.reduce((sum, hook) => sum + waitIn('update-addons', hook), 0);
  for (const phase of ['before', 'after']) {
    let together = waitForHooks;
    for (const [index, written] of components.entries()) {
      const { data } = componentSchema.safeParse(written);
      if (data?.hook === undefined || data.phase !== phase) continue;
      together += durationMilliseconds(data.timeout);
      if (together <= MOST_HOURS * HOUR) continue;
      const message = `up to here the hooks of update-addons and the components ${phase} the control plane may take ${Math.ceil(together / HOUR)} hours together, and their execution ends after a day. Let them take ${MOST_HOURS} hours at most.`;
      report('error', [...LIST, index, 'timeout'], message);
      break;
    }
  }
}

/** Clusters go one minor at a time, so that none between the first one and the last may be missing. */
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
