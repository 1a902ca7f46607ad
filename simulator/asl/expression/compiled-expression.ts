import jsonata from 'jsonata';
import parse from 'jsonata-2.0.6';

/** A compiled JSONata expression. */
export type CompiledExpression = jsonata.Expression;

/**
 * Bounds on one evaluation. AWS stops an expression nested somewhere between 95 and 125 deep and one that holds a sequence of
 * between 800,000 and 900,000 numbers (measured, floci-io/floci#2697). The time bound, in milliseconds of the host, only ends
 * tail calls that never return; nothing else depends on it.
 */
const bounds = { stack: 100, sequence: 800_000, timeout: 5_000 };

const compiled = new Map<string, CompiledExpression>();

/**
 * Compiles JSONata source once per process. Throws jsonata's own error (`code`, `message`) when version 2.0.6 does not parse it, which is the
 * one that Step Functions documents: later ones know more operators (`??`, `?:`). Only a later one can be bounded (ADR 0023).
 */
export function compileExpression(source: string): CompiledExpression {
  let expression = compiled.get(source);
  if (!expression) {
    parse(source);
    expression = jsonata(source, bounds);
    compiled.set(source, expression);
  }
  return expression;
}
