import type { Dialect, PlainRequest } from './dialect.ts';
import { type FormNode, parseForm } from './form.ts';
import { readFormValue } from './form-value.ts';
import { writeXml, writeXmlRefusal } from './xml-body.ts';

/** awsQuery: `Action=GetCallerIdentity&Version=2011-06-15` in a form or in the query of the URL; answers are XML. */
export const query: Dialect = {
  name: 'query',

  operationName(request) {
    return formOf(request).parts.get('Action')?.value;
  },

  readInput(request, { input }) {
    return input.isUnitSchema() ? {} : (readFormValue(input, formOf(request)) as object);
  },

  writeOutput(output, operation, service, requestId) {
    return xml(200, requestId, writeXml(output, operation, service.xmlNamespace, requestId));
  },

  writeRefusal(refusal, service, requestId) {
    return xml(refusal.status, requestId, writeXmlRefusal(refusal, service?.xmlNamespace, requestId));
  },
};

/** Throws for what is no form. */
function formOf({ body, query }: PlainRequest): FormNode {
  return parseForm(body === '' ? query : body);
}

const xml = (status: number, requestId: string, body: string) => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
  body,
});
