import { simulate } from '../../../test/material/asl/simulation.ts';
import { lambdaFunctionError } from './task-invocation.ts';

describe('the error of a Lambda function', () => {
  it('has the name of what was thrown, and the JSON Lambda answers as its cause', async () => {
    const T = { Type: 'Task', Resource: 'arn:aws:lambda:eu-west-1:111111111111:function:f', End: true };
    const { execution, history } = await simulate({ T }, {}, async () => {
      throw lambdaFunctionError(new RangeError('too far'));
    });
    expect(execution.error).toBe('RangeError');
    expect(JSON.parse(execution.cause ?? '')).toEqual({
      errorType: 'RangeError',
      errorMessage: 'too far',
      trace: expect.arrayContaining(['RangeError: too far']),
    });
    expect(history.map(({ type }) => type)).toContain('LambdaFunctionFailed');
  });
});
