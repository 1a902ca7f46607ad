import { both, overlapInPart } from '../../selector/cover.ts';
import type { UpgradePolicy, Wave } from '../types.ts';
import type { PolicyWith, Report } from './check.ts';

/**
 * Waves that share some clusters, while each has others too: the first one wins (semantics.md, Wave), and seldom is that what both
 * selectors say. A narrow wave before a wider one is how one wave goes before the rest, and no reason to warn.
 */
export function checkOverlappingWaves({ spec }: PolicyWith<'selector' | 'waves'>, report: Report): void {
  for (const [index, wave] of spec.waves.entries()) {
    const shared = spec.waves.slice(0, index).filter((earlier) => share(earlier, wave, spec.selector));
    if (shared.length === 0) continue;
    const names = shared.map(({ name }) => `"${name}"`).join(' and ');
    const message = `it takes some of the clusters that the earlier ${names} ${shared.length > 1 ? 'take' : 'takes'} too; the first wave wins. Exclude them from one of the two to say so, for example with operator: NotIn.`;
    report('warning', ['spec', 'waves', index, 'selector'], message, 'key');
  }
}

function share(earlier: Wave, later: Wave, all: UpgradePolicy['spec']['selector']): boolean {
  if (earlier.selector === undefined || later.selector === undefined) return false;
  return overlapInPart(both(all, earlier.selector), both(all, later.selector));
}
