import type { FunctionFault, LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import { afterCall, type Moment } from './moment.ts';
import { stopRunningUpgrades } from './people.ts';

const FUNCTION = 'liftlock-upgrade-control-plane';

/**
 * When EKS has taken the control plane's update of this cluster, the function that asked for it dies before it hears so, and somebody stops
 * the upgrade: whoever comes next has to ask EKS what became of the call.
 */
export const loseAnswer = (cloud: LocalCloud, cluster: string): Moment =>
  afterCall(cloud, { operation: 'UpdateClusterVersion', cluster }, () => {
    const lambda = cloud.functions.all().find(({ options }) => options.name === FUNCTION);
    void lambda?.close();
    // At once, before the execution tries again by itself.
    cloud.time.after(0, () => stopRunningUpgrades(cloud));
    return true;
  });

/** What `loseAnswer` does to a function, and nothing else does. */
export const isLostAnswer = ({ function: name, error }: FunctionFault): boolean =>
  name === FUNCTION && error.name === 'Runtime.ExitError';
