import { type Diagnostic, InvalidDefinition, UnsupportedDefinition } from './diagnostics.ts';
import { load } from './load.ts';

const done = { Type: 'Succeed' };

function machine(states: Record<string, unknown>): unknown {
  return { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states };
}

function refusals(definition: unknown): readonly string[] {
  try {
    load(definition);
  } catch (error) {
    if (!(error instanceof InvalidDefinition)) throw error;
    return error.diagnostics.map(({ code, message, location }: Diagnostic) => `${code}: ${message} at ${location}`);
  }
  return [];
}

describe('loading a definition', () => {
  it('accepts text as well as JSON, and finds the scopes inside it', () => {
    const states = {
      Each: { Type: 'Map', ItemProcessor: { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } }, Next: 'Both' },
      Both: { Type: 'Parallel', Branches: [{ StartAt: 'Q', States: { Q: done } }], End: true },
    };
    expect([...load(JSON.stringify(machine(states))).scopes.keys()]).toEqual([
      '',
      '/States/Each/ItemProcessor',
      '/States/Both/Branches[0]',
    ]);
  });

  it('refuses text that is not JSON', () => {
    expect(() => load('{')).toThrow(/INVALID_JSON_DESCRIPTION/);
  });

  it('keeps the definition as it was when the caller changes his', () => {
    const definition = {
      QueryLanguage: 'JSONata',
      StartAt: 'A',
      States: { A: { Type: 'Pass', Output: 1, End: true } },
    };
    const loaded = load(definition);
    definition.States.A.Output = 2;
    expect(loaded.definition.States.A).toMatchObject({ Output: 1 });
  });

  it.each([
    ['an unknown field', { A: { ...done, Colour: 'red' } }, "Field 'Colour' is not supported at /States/A"],
    [
      'a field of another type',
      { A: { Type: 'Pass', TimeoutSeconds: 1, End: true } },
      "Field 'TimeoutSeconds' is not supported at /States/A",
    ],
    [
      'a field of JSONPath',
      { A: { Type: 'Pass', Parameters: {}, End: true } },
      "The QueryLanguage is set to 'JSONata', but field 'Parameters' is only supported for the 'JSONPath' QueryLanguage at /States/A",
    ],
    [
      'a state that leads nowhere',
      { A: { Type: 'Pass' } },
      'Exactly one of these fields is required: [Next, End] at /States/A',
    ],
    [
      'half an expression',
      { A: { ...done, Output: { x: ['{% 1'] } } },
      'A JSONata expression must start with {% and end with %} at /States/A/Output/x[0]',
    ],
    [
      'a reserved variable',
      { A: { Type: 'Pass', Assign: { states: 1 }, End: true } },
      "The variable name 'states' is reserved at /States/A/Assign",
    ],
    [
      'a Choice without rules',
      { A: { Type: 'Choice', Choices: [], Default: 'B' }, B: done },
      'Value cannot be empty at /States/A/Choices',
    ],
    [
      'both kinds of waiting',
      { A: { Type: 'Wait', Seconds: 1, Timestamp: '2026-01-01T00:00:00Z', End: true } },
      'Exactly one of these fields is required: [Seconds, Timestamp] at /States/A',
    ],
    [
      'a heartbeat longer than the timeout',
      {
        A: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          TimeoutSeconds: 5,
          HeartbeatSeconds: 5,
          End: true,
        },
      },
      'HeartbeatSeconds must be smaller than TimeoutSeconds at /States/A/HeartbeatSeconds',
    ],
  ])('refuses %s', (_, states, expected) => {
    expect(refusals(machine(states))).toEqual([`SCHEMA_VALIDATION_FAILED: ${expected}`]);
  });

  it('refuses retriers and catchers AWS would refuse', () => {
    const Retry = [{ ErrorEquals: ['States.ALL', 'X'] }, { ErrorEquals: ['X'], IntervalSeconds: 0, BackoffRate: 0.5 }];
    const Catch = [{ ErrorEquals: ['X'] }];
    expect(
      refusals(machine({ A: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Retry, Catch, End: true } })),
    ).toEqual([
      'SCHEMA_VALIDATION_FAILED: States.ALL must appear alone at /States/A/Retry[0]/ErrorEquals',
      'SCHEMA_VALIDATION_FAILED: States.ALL must be in the last entry at /States/A/Retry[0]/ErrorEquals',
      'SCHEMA_VALIDATION_FAILED: Value must be from 1 to 99999999 at /States/A/Retry[1]/IntervalSeconds',
      expect.stringMatching(/Value must be from 1 .* at \/States\/A\/Retry\[1\]\/BackoffRate/),
      'SCHEMA_VALIDATION_FAILED: These fields are required: [Next] at /States/A/Catch[0]',
    ]);
  });

  it('names every missing target, and only then the states that are not reached', () => {
    const states = { A: { Type: 'Choice', Choices: [{ Condition: true, Next: 'No' }], Default: 'None' }, B: done };
    expect(refusals(machine(states))).toEqual([
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: None at /States/A/Default",
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: No at /States/A/Choices[0]/Next",
      'MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B',
    ]);
  });

  it('refuses a start that is missing, and names that are used twice', () => {
    expect(refusals({ QueryLanguage: 'JSONata', StartAt: 'No', States: { A: done } })[0]).toBe(
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: No at /StartAt",
    );
    const Branches = [{ StartAt: 'A', States: { A: done } }];
    expect(refusals(machine({ P: { Type: 'Parallel', Branches, Next: 'A' }, A: done }))).toEqual([
      'DUPLICATE_STATE_NAME: Duplicate State name: A at /States/P/Branches[0]/States/A',
    ]);
  });

  it('refuses a processor mode there is not', () => {
    const ItemProcessor = { ProcessorConfig: { Mode: 'ONLINE' }, StartAt: 'P', States: { P: done } };
    expect(refusals(machine({ M: { Type: 'Map', ItemProcessor, End: true } }))).toEqual([
      "SCHEMA_VALIDATION_FAILED: The field 'Mode' should have one of these values: [INLINE, DISTRIBUTED] at /States/M/ItemProcessor/ProcessorConfig/Mode",
    ]);
  });

  it('refuses a machine that cannot end', () => {
    expect(refusals(machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } }))).toEqual([
      'MISSING_END_STATE: Workflow has no terminal state at undefined',
    ]);
  });

  it.each([
    ['1 +', 'INVALID_JSONATA_EXPRESSION: Unexpected end of expression'],
    ['$a ?? 1', 'INVALID_JSONATA_EXPRESSION: The symbol "?" cannot be used as a unary operator'],
    ['$a ?: 1', 'INVALID_JSONATA_EXPRESSION: The symbol ":" cannot be used as a unary operator'],
    ['phone', "UNSUPPORTED_JSONATA_EXPRESSION: Reference to 'phone' at the top level is not supported."],
    ['$$.a', "UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$$' is not supported."],
    ['$states.result', "UNSUPPORTED_JSONATA_EXPRESSION: Reference to '$states.result' is not supported in this field."],
  ])('refuses the expression %s', (source, expected) => {
    expect(refusals(machine({ A: { ...done, Output: { v: `{% ${source} %}` } } }))).toEqual([
      `${expected} at /States/A/Output/v`,
    ]);
  });

  it('lets expressions read names inside paths, predicates and functions', () => {
    const source = '$states.input.items[size > 1].(name & $string(size)) ~> $map(function($v) { $v })';
    expect(refusals(machine({ A: { ...done, Output: `{% ${source} %}` } }))).toEqual([]);
  });

  it('refuses to set a variable of an outer scope', () => {
    const inner = { StartAt: 'I', States: { I: { Type: 'Pass', Assign: { x: 2 }, End: true } } };
    const states = {
      A: { Type: 'Pass', Assign: { x: 1 }, Next: 'P' },
      P: { Type: 'Parallel', Branches: [inner], End: true },
    };
    expect(refusals(machine(states))).toEqual([
      expect.stringContaining(
        "'x' is assigned in an outer scope and cannot be assigned here at /States/P/Branches[0]/States/I/Assign",
      ),
    ]);
  });

  it.each([
    ['JSONPath query language', { StartAt: 'A', States: { A: done } }, '/States/A'],
    [
      'Activity',
      machine({ A: { Type: 'Task', Resource: 'arn:aws:states:eu-west-1:111111111111:activity:a', End: true } }),
      '/States/A',
    ],
    [
      'Distributed Map',
      machine({
        M: {
          Type: 'Map',
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'A',
            States: { A: done },
          },
          End: true,
        },
      }),
      '/States/M',
    ],
    [
      'JSONPath query language',
      {
        StartAt: 'M',
        States: {
          M: { Type: 'Map', QueryLanguage: 'JSONata', ItemProcessor: { StartAt: 'A', States: { A: done } }, End: true },
        },
      },
      '/States/M/ItemProcessor/States/A',
    ],
  ])('does not run: %s', (feature, definition, pointer) => {
    expect(() => load(definition)).toThrow(UnsupportedDefinition);
    expect(() => load(definition)).toThrow(`${feature} is not supported at ${pointer}`);
  });
});
