import { builtInChannels } from '../config/schema/target.ts';
import type { Channel } from '../config/types.ts';

export type ChannelSpec = Channel['spec'];
/** By name: what people applied; undefined = this version cannot read it. */
export type Channels = ReadonlyMap<string, ChannelSpec | undefined>;

/** Channels that are there without being written; one that is applied under the same name replaces it. */
export const BUILT_IN_CHANNELS: ReadonlyMap<string, ChannelSpec> = new Map(
  Object.entries(builtInChannels).map(([name, target]): [string, ChannelSpec] => [name, { target }]),
);

/** What a policy's target says, its channel looked up. Undefined: there is no channel of that name, or none that can be read. */
export function channelSpecOf(
  target: string | { readonly channel: string },
  applied: Channels,
): ChannelSpec | undefined {
  if (typeof target === 'string') return { target };
  return (applied.has(target.channel) ? applied : BUILT_IN_CHANNELS).get(target.channel);
}
