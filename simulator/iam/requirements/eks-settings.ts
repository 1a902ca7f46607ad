import type { RequestContext } from '../conditions/request-context.ts';
import { flag, record, records, text, texts } from './input-members.ts';
import type { CallFacts } from './requirement.ts';

/** Condition keys that CreateCluster and UpdateClusterConfig have in common: settings of the cluster, null where the call leaves them. */
export function clusterSettings({ input }: CallFacts): RequestContext {
  const vpc = record(input.resourcesVpcConfig);
  const enabled = records(record(input.logging), 'clusterLogging').filter((setup) => setup.enabled === true);
  const logs = enabled.flatMap((setup) => texts(setup, 'types')).map((type) => [`eks:loggingType/${type}`, 'true']);
  return {
    'eks:authenticationMode': text(record(input.accessConfig), 'authenticationMode') ?? null,
    'eks:computeConfigEnabled': flag(record(input.computeConfig).enabled),
    'eks:blockStorageEnabled': flag(record(record(input.storageConfig).blockStorage).enabled),
    'eks:elasticLoadBalancingEnabled': flag(record(record(input.kubernetesNetworkConfig).elasticLoadBalancing).enabled),
    'eks:deletionProtection': flag(input.deletionProtection),
    'eks:endpointPublicAccess': flag(vpc.endpointPublicAccess),
    'eks:endpointPrivateAccess': flag(vpc.endpointPrivateAccess),
    'eks:supportType': text(record(input.upgradePolicy), 'supportType') ?? null,
    'eks:zonalShiftEnabled': flag(record(input.zonalShiftConfig).enabled),
    'eks:controlPlaneScalingTier': text(record(input.controlPlaneScalingConfig), 'tier') ?? null,
    'eks:loggingType/*': null,
    ...Object.fromEntries(logs),
  };
}

/** Those of CreateCluster, which also says what cannot be changed later. */
export function newClusterSettings(call: CallFacts): RequestContext {
  const { input } = call;
  const keys = records(input, 'encryptionConfig').map(({ provider }) => text(record(provider), 'keyArn'));
  return {
    ...clusterSettings(call),
    'eks:kubernetesVersion': text(input, 'version') ?? null,
    'eks:bootstrapClusterCreatorAdminPermissions': flag(
      record(input.accessConfig).bootstrapClusterCreatorAdminPermissions,
    ),
    'eks:bootstrapSelfManagedAddons': flag(input.bootstrapSelfManagedAddons),
    'eks:encryptionConfigProviderKeyArns': keys.filter((key) => key !== undefined),
  };
}
