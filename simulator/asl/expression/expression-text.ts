/** Whether a string is a JSONata expression: it starts with `{%` and ends with `%}`, without blanks around them. */
export function isExpression(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 4 && value.startsWith('{%') && value.endsWith('%}');
}

/** Whether a string opens or closes an expression without doing both, which AWS refuses. */
export function isHalfExpression(value: string): boolean {
  return value.startsWith('{%') !== value.endsWith('%}') || value === '{%}';
}

/** The JSONata source between the delimiters, trimmed, as causes quote it. */
export function expressionSource(expression: string): string {
  return expression.slice(2, -2).trim();
}
