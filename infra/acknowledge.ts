import { Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** Writes down, at a resource, why a rule of cdk-nag does not hold for it and for the constructs below it. */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  Validations.of(construct).acknowledge(...Object.entries(reasons).map(([id, reason]) => ({ id, reason })));
}
