/** The smallest config files that have nothing wrong with them; tests spoil them. */

export const fleet = `apiVersion: liftlock/v1alpha1
kind: Fleet
metadata: { name: main }
spec:
  accounts: ["111122223333"]
  regions: [eu-central-1]
  spokeRole: { externalId: fleet-7 }
`;

export const policy = `apiVersion: liftlock/v1alpha1
kind: UpgradePolicy
metadata: { name: standard }
spec:
  selector: {}
  target: latest
  waves: [{ name: all }]
`;
