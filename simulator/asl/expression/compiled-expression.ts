import jsonata from 'jsonata';

/** A compiled JSONata expression. */
export type CompiledExpression = jsonata.Expression;

/**
 * Bounds on one evaluation. AWS stops an expression nested somewhere between 95 and 125 deep and one that holds a sequence of
 * between 800,000 and 900,000 numbers (measured, floci-io/floci#2697). The time bound, in milliseconds of the host, only ends
 * tail calls that never return; nothing else depends on it.
 */
const bounds = { stack: 100, sequence: 800_000, timeout: 5_000 };

const compiled = new Map<string, CompiledExpression>();

/** Compiles JSONata source once per process. Throws jsonata's own error (`code`, `message`) when it does not parse. */
export function compileExpression(source: string): CompiledExpression {
  let expression = compiled.get(source);
  if (!expression) {
    expression = jsonata(source, bounds);
    compiled.set(source, expression);
  }
  return expression;
}
