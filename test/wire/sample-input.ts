import type { OperationModel } from '../../simulator/wire/service-model.ts';
import { type Samples, samples, sampleValue } from './sample-value.ts';

/** A whole input, but for what a client acts upon: the URL of a queue must be one, and an EventBridge endpoint would be another host. */
export function sampleInput({ input }: OperationModel, origin: string, values: Samples = samples): object {
  const { EndpointId: _, ...members } = sampleValue(input, values) as { EndpointId?: unknown; QueueUrl?: unknown };
  return 'QueueUrl' in members ? { ...members, QueueUrl: `${origin}/111122223333/orders` } : members;
}
