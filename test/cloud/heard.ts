import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';

interface Told {
  readonly stateMachineArn?: string;
  readonly requestParameters?: { readonly stateMachineArn?: string };
}

/** Puts on record of which machine's starts and ends which rule hears: the events of all machines look the same otherwise. */
export function recordMachines(cloud: LocalCloud): void {
  cloud.buses.onEvent = (_, { source, detail }, matched) => {
    if (source !== 'aws.states') return;
    const { stateMachineArn, requestParameters } = detail as Told;
    const started = requestParameters?.stateMachineArn;
    const what = [stateMachineArn, started].flatMap((machine) =>
      machine === undefined ? [] : cloud.wiring.nameOf(machine),
    );
    for (const { arn } of matched)
      for (const machine of what) cloud.wiring.record(`${machine} ${started === undefined ? 'ended' : 'started'}`, arn);
  };
}
