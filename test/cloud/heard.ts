import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';

/** Puts on record which machine's end which rule hears of: the events of all machines look the same otherwise. */
export function recordEndsOfMachines(cloud: LocalCloud): void {
  cloud.buses.onEvent = (_, { source, detail }, matched) => {
    if (source !== 'aws.states') return;
    const { stateMachineArn } = detail as { readonly stateMachineArn: string };
    for (const { arn } of matched) cloud.wiring.record(`${cloud.wiring.nameOf(stateMachineArn)} ended`, arn);
  };
}
