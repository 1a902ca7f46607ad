import { builtInChannels } from '../config/schema/target.ts';
import type { Channel } from '../config/types.ts';

export type ChannelSpec = Channel['spec'];
/** The applied Channels by name; undefined = this version cannot read the Channel. */
export type Channels = ReadonlyMap<string, ChannelSpec | undefined>;

/** Channels that exist without being applied; one that is applied under the same name replaces it. */
export const BUILT_IN_CHANNELS: ReadonlyMap<string, ChannelSpec> = new Map(
  Object.entries(builtInChannels).map(([name, target]): [string, ChannelSpec] => [name, { target }]),
);

/** The spec of a policy's target, with its Channel looked up. Undefined: there is no Channel of that name, or this version cannot read it. */
export function channelSpecOf(
  target: string | { readonly channel: string },
  applied: Channels,
): ChannelSpec | undefined {
  if (typeof target === 'string') return { target };
  return (applied.has(target.channel) ? applied : BUILT_IN_CHANNELS).get(target.channel);
}
