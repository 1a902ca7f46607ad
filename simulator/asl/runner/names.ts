import { ServiceError } from './service-error.ts';

/** Characters AWS allows in no name. Source: https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html */
// biome-ignore lint/suspicious/noControlCharactersInRegex: AWS's list names control characters.
const forbidden = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;
const maximumLength = 80;

/** Throws InvalidName for a name no state machine or execution can have. */
export function checkName(name: string): void {
  if (name.length >= 1 && name.length <= maximumLength && !forbidden.test(name)) return;
  throw new ServiceError('InvalidName', `Invalid Name: '${name}'`);
}

/** The ARN of an execution of a state machine, `arn:aws:states:eu-west-1:111111111111:execution:machine:name`. */
export function executionArnOf(machineArn: string, name: string): string {
  return `${machineArn.replace(':stateMachine:', ':execution:')}:${name}`;
}
