import type { Moment, Veto } from '../../../core/protocol/situation.ts';
import type { VETOES } from '../../../core/protocol/vetoes.ts';

/** A rule of docs/protocol.md's table that is not asked any more: at one moment, or at all of them. */
export interface BrokenRule {
  /** As the table words it. */
  readonly rule: string;
  readonly moment?: Moment;
}

/** Breaks it in this list, for good. */
export function breakRule(vetoes: typeof VETOES, { rule, moment }: BrokenRule): void {
  const at = vetoes.findIndex((veto) => veto.rule === rule);
  const veto = vetoes[at];
  if (veto === undefined) throw new Error(`No veto is called "${rule}".`);
  const asked = moment === undefined ? [] : veto.asked.filter((one) => one !== moment);
  (vetoes as Veto[])[at] = { ...veto, asked };
}
