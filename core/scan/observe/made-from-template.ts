import { isMapping, type Mapping } from '../manifest/manifest-object.ts';

/** Kinds that make pods or jobs from a template, which is read itself; `Node` stands for mirrors of static pods. */
const MAKERS = [
  'ReplicaSet',
  'DaemonSet',
  'StatefulSet',
  'Job',
  'CronJob',
  'ReplicationController',
  'Deployment',
  'Node',
];

/** Pods and jobs that were made for a template say everything twice. */
export function isMadeFromTemplate(kind: string, metadata: Mapping): boolean {
  if (kind !== 'Pod' && kind !== 'Job') return false;
  const owners = Array.isArray(metadata.ownerReferences) ? metadata.ownerReferences.filter(isMapping) : [];
  return owners.some((owner) => owner.controller === true && MAKERS.includes(String(owner.kind)));
}

const MAKER = new RegExp(`"kind":\\s*"(?:${MAKERS.join('|')})"`);

/** The same, told from an object's text without parsing it; false when in doubt. Owners are flat, so the first bracket ends them. */
export function saysItsTemplate(text: string, kind: string): boolean {
  if (kind !== 'Pod' && kind !== 'Job') return false;
  const begin = text.indexOf('"ownerReferences":');
  if (begin === -1) return false;
  const owners = text.slice(begin, text.indexOf(']', begin));
  // With two owners it is not clear which of them is the controller.
  return (
    /"controller":\s*true/.test(owners) && MAKER.test(owners) && owners.indexOf('"uid"') === owners.lastIndexOf('"uid"')
  );
}
