import { parseConfig } from '../../../core/config/parse-config.ts';
import type { UpgradePolicy } from '../../../core/config/types.ts';

/** A policy with this selector and these waves, both as YAML; fails the test when it is not valid. */
export function policyWith({ name = 'standard', selector = '{}', waves = '[{ name: all }]' } = {}): UpgradePolicy {
  const text = `apiVersion: liftlock/v1alpha1
kind: UpgradePolicy
metadata: { name: ${name} }
spec:
  target: latest
  selector: ${selector}
  waves: ${waves}
`;
  const { policies, errors } = parseConfig([{ path: 'policy.yaml', text }]);
  const [policy] = policies;
  if (policy === undefined) throw new Error(JSON.stringify(errors));
  return policy;
}
