import { CfnCondition, CfnParameter, type CfnParameterProps, Fn } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

export interface OptionalParameterProps extends CfnParameterProps {
  readonly default: string;
  /** What an empty value stands for. */
  readonly otherwise: string;
}

/** A parameter of a template that may be left empty; its value, or what it stands for then. */
export function optionalParameter(
  scope: Construct,
  id: string,
  { otherwise, allowedPattern = '.*', ...props }: OptionalParameterProps,
): string {
  const parameter = new CfnParameter(scope, id, { ...props, allowedPattern: `^(${allowedPattern})?$` });
  const isGiven = new CfnCondition(scope, `Has${id}`, {
    expression: Fn.conditionNot(Fn.conditionEquals(parameter.valueAsString, '')),
  });
  return Fn.conditionIf(isGiven.logicalId, parameter.valueAsString, otherwise).toString();
}
