import type { Dialect } from './dialect.ts';
import { escaped } from './xml-body.ts';

/** restXml, which only S3 uses. S3 reads its requests and writes its answers itself; this file has its refusals only. */
export const xml: Dialect = {
  name: 'xml',
  operationName: ({ method, path }) => `${method} ${path}`,
  readInput: unused,
  writeOutput: unused,
  writeRefusal({ queryCode, message, status }, _service, requestId) {
    // S3 is older than the query protocol, and has another name for an unknown key.
    const code = queryCode === 'InvalidClientTokenId' ? 'InvalidAccessKeyId' : queryCode;
    return {
      status,
      headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escaped(code)}</Code><Message>${escaped(message)}</Message><RequestId>${requestId}</RequestId></Error>`,
    };
  },
};

function unused(): never {
  throw new Error('S3 reads its requests itself');
}
