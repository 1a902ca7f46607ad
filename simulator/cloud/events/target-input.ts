/** How a target wants its event: as it is, a part of it, a constant, or a text made from parts of it. */
export interface TargetInput {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

/** The JSON text that a target gets. Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
export function targetInput(target: TargetInput, event: Readonly<Record<string, unknown>>): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(at(event, target.InputPath) ?? null);
  if (target.InputTransformer === undefined) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer;
  return InputTemplate.replaceAll(/"?<([\w.-]+)>"?/g, (whole, name: string) => {
    const value = name === 'aws.events.event.json' ? event : at(event, InputPathsMap[name] ?? '');
    const quoted = whole.startsWith('"') && whole.endsWith('"');
    // Inside of quotes a text stands as it is; alone it is JSON.
    if (quoted)
      return typeof value === 'string'
        ? JSON.stringify(value)
        : `"${JSON.stringify(value ?? '').replaceAll('"', '\\"')}"`;
    return whole.replace(`<${name}>`, typeof value === 'string' ? value : JSON.stringify(value ?? ''));
  });
}

/** `$.detail.status`: names and list positions only, as EventBridge takes them. */
function at(event: unknown, path: string): unknown {
  const names = path.replace(/^\$\.?/, '').match(/[^.[\]]+/g) ?? [];
  let value = event;
  for (const name of names) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
