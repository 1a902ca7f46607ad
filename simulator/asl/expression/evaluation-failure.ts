/** A failed expression; `message` is AWS's cause, without the sentence that names the state. */
export class EvaluationFailure extends Error {
  override readonly name = 'EvaluationFailure';
  /** The field with the expression, `Output/result` or `Choices[0]/Condition`; none when the state's input is the cause. */
  readonly location: string | undefined;

  constructor(message: string, location?: string) {
    super(message);
    this.location = location;
  }
}

/** Bounds AWS reports without a JSONata code; texts measured in floci-io/floci#2737. */
const boundMessages: Readonly<Record<string, string>> = {
  D1011: 'Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive',
  D1012: 'Expression evaluation timeout: Check for infinite loop',
  D2014: 'Expression evaluation memory limit exceeded: Check for excessive memory usage',
  D2015: 'Expression evaluation memory limit exceeded: Check for excessive memory usage',
};

/** The failure for jsonata's exception during the evaluation of `source`. */
export function failureOfThrown(thrown: unknown, source: string, location: string): EvaluationFailure {
  const code = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : undefined;
  const message =
    typeof thrown === 'object' && thrown !== null && 'message' in thrown ? String(thrown.message) : String(thrown);
  const bound = code === undefined ? undefined : boundMessages[code];
  const detail = bound !== undefined ? `: ${bound}` : code === undefined ? `: ${message}` : `. ${code}: ${message}`;
  return new EvaluationFailure(
    `The JSONata expression '${source}' specified for the field '${location}' threw an error during evaluation${detail}`,
    location,
  );
}
