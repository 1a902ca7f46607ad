import { AwsFault } from './aws-call.ts';

/** An exception while a request is read means that the request is malformed: a broken escape, bad JSON, text for a number. */
export function malformed<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw faultOf(error);
  }
}

const faultOf = (error: unknown): AwsFault =>
  error instanceof AwsFault
    ? error
    : new AwsFault('SerializationException', error instanceof Error ? error.message : String(error));
