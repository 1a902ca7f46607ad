import { channelSpec, loadAppliedConfigs } from '../policy/applied.ts';
import { BUILT_IN_CHANNELS, type ChannelSpec } from '../policy/channels.ts';
import { loadAllPolicies } from '../policy/policy-of.ts';
import type { Ports } from '../ports/ports.ts';

export interface ChannelView {
  readonly name: string;
  /** Null when this version cannot read what was applied: then nothing moves by it. */
  readonly spec: ChannelSpec | null;
  /** `replaced`: one that is built in, with other words of yours. */
  readonly source: 'built-in' | 'applied' | 'replaced';
  /** Policies whose target it is. */
  readonly usedBy: readonly string[];
  /** Null for one that nobody applied. */
  readonly appliedBy: string | null;
  readonly appliedAt: string | null;
}

/** Those that are there without being written first, then the others by name. */
export async function listChannels({ table }: Pick<Ports, 'table'>): Promise<{ items: ChannelView[] }> {
  const configs = await loadAppliedConfigs(table, 'Channel');
  const targets = (await loadAllPolicies(table)).flatMap(({ metadata, spec: { target } }) =>
    typeof target === 'object' ? [{ policy: metadata.name, channel: target.channel }] : [],
  );
  const usersOf = (name: string) => targets.filter(({ channel }) => channel === name).map(({ policy }) => policy);
  const names = new Set([...BUILT_IN_CHANNELS.keys(), ...configs.map(({ name }) => name)]);
  const items = [...names].map((name): ChannelView => {
    const config = configs.find((one) => one.name === name);
    const builtIn = BUILT_IN_CHANNELS.get(name);
    return {
      name,
      spec: (config === undefined ? builtIn : channelSpec(config)) ?? null,
      source: config === undefined ? 'built-in' : builtIn === undefined ? 'applied' : 'replaced',
      usedBy: usersOf(name),
      appliedBy: config?.appliedBy ?? null,
      appliedAt: config?.appliedAt ?? null,
    };
  });
  return { items };
}
