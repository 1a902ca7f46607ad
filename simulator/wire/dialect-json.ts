import type { Dialect } from './dialect.ts';
import { readJson, writeJson, writeJsonRefusal } from './json-body.ts';

/** awsJson1_0 and awsJson1_1: `X-Amz-Target: AmazonSQS.SendMessage` and a JSON body. */
export const json: Dialect = {
  name: 'json',

  operationName({ headers }, service) {
    const target = headers['x-amz-target'] ?? '';
    const dot = target.lastIndexOf('.');
    const isOurs = service === undefined || target.slice(0, Math.max(dot, 0)) === service.target;
    return isOurs ? target.slice(dot + 1) : `of the target ${target}`;
  },

  readInput({ body }, { input }) {
    return input.isUnitSchema() ? {} : readJson(input, body);
  },

  writeOutput(output, operation, service, requestId) {
    return {
      status: 200,
      headers: { 'content-type': contentType(service.jsonVersion), 'x-amzn-requestid': requestId },
      body: operation.output.isUnitSchema() ? '' : writeJson(operation.output, output),
    };
  },

  writeRefusal(refusal, service, requestId) {
    const { type, body } = writeJsonRefusal(refusal);
    const { queryCode, status } = refusal;
    return {
      status,
      headers: {
        'content-type': contentType(service?.jsonVersion),
        'x-amzn-requestid': requestId,
        'x-amzn-errortype': type,
        ...(service?.queryCompatible && {
          'x-amzn-query-error': `${queryCode};${status < 500 ? 'Sender' : 'Receiver'}`,
        }),
      },
      body,
    };
  },
};

const contentType = (version: string | undefined) => `application/x-amz-json-${version ?? '1.1'}`;
