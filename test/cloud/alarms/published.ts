import type { Counts } from '../../../core/contracts/metrics.ts';
import { createHandler } from '../../../functions/runtime/create-handler.ts';
import type { FunctionDefinition } from '../../../functions/runtime/function-definition.ts';
import { type Datum, embeddedMetrics } from '../../../simulator/cloud/metrics/metrics.ts';

/** What a function publishes when it ends so: the lines that its real wrapper prints, read as CloudWatch reads them. `more`: what a port of it counts. */
export async function published<Ports, Input, Output>(
  definition: FunctionDefinition<Ports, Input, Output>,
  output: Output,
  more: Counts = {},
): Promise<readonly Datum[]> {
  const lines: string[] = [];
  const print = console.log;
  // Makes powertools print where the test can read it.
  Object.assign(process.env, {
    POWERTOOLS_DEV: 'true',
    POWERTOOLS_METRICS_DISABLED: 'false',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  });
  console.log = (text: unknown) => void lines.push(String(text));
  try {
    const ended = { ...definition, parse: () => undefined as Input, run: async () => output, correlation: () => ({}) };
    await createHandler(ended, (_, __, count) => count(more) as Ports)({}, { functionName: definition.name } as never);
  } finally {
    console.log = print;
  }
  // Indented, as powertools prints for people.
  return lines.flatMap((line) => embeddedMetrics(JSON.stringify(JSON.parse(line))));
}
