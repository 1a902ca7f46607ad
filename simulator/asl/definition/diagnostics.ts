/** AWS's codes for errors in a definition. */
export type DiagnosticCode =
  | 'SCHEMA_VALIDATION_FAILED'
  | 'MISSING_TRANSITION_TARGET'
  | 'MISSING_END_STATE'
  | 'DUPLICATE_STATE_NAME'
  | 'INVALID_JSON_DESCRIPTION'
  | 'INVALID_JSONATA_EXPRESSION'
  | 'UNSUPPORTED_JSONATA_EXPRESSION';

/** One error in a definition, in the shape of ValidateStateMachineDefinition. */
export interface Diagnostic {
  readonly severity: 'ERROR';
  readonly code: DiagnosticCode;
  readonly message: string;
  /** The place: `/States/A/Choices[0]/Next`. AWS gives none for a workflow that cannot end. */
  readonly location?: string;
}

/** Collects errors in the order of their discovery. */
export class Diagnostics {
  readonly list: Diagnostic[] = [];

  add(code: DiagnosticCode, message: string, location?: string): void {
    this.list.push({ severity: 'ERROR', code, message, ...(location === undefined ? {} : { location }) });
  }

  /** Adds a violation of the language's shape, by far the most common kind. */
  schema(message: string, location: string): void {
    this.add('SCHEMA_VALIDATION_FAILED', message, location);
  }
}

/** A definition that AWS would refuse. `message` is that of CreateStateMachine; `diagnostics` has its parts. */
export class InvalidDefinition extends Error {
  override readonly name = 'InvalidDefinition';
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const parts = diagnostics.map(({ code, message, location }) => `${code}: ${message} at ${location ?? 'null'}`);
    super(`Invalid State Machine Definition: '${parts.join(', ')}'`);
    this.diagnostics = diagnostics;
  }
}

/** A definition that AWS would accept and this interpreter cannot run. */
export class UnsupportedDefinition extends Error {
  override readonly name = 'UnsupportedDefinition';
  /** The unsupported feature: `JSONPath query language`, `Distributed Map`, `Activity`. */
  readonly feature: string;
  /** The state that uses it: `/States/A`. */
  readonly pointer: string;

  constructor(feature: string, pointer: string) {
    super(`${feature} is not supported at ${pointer}`);
    this.feature = feature;
    this.pointer = pointer;
  }
}
