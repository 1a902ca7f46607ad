/** facts: serverless.md, prices of us-east-1: Lambda on arm64 with 1 GB, a transition, a request unit written and read. */
export const DOLLARS = {
  second: 0.0000133334,
  transition: 0.025 / 1_000,
  kilobyteWritten: 0.625e-6,
  kilobytesRead: 0.125e-6,
};

/** Taken for one request to EKS or to an API server, the pause of the reader between two apart. */
export const REQUEST_SECONDS = 0.05;
/** An invocation begins and ends within about this time beside what it asks. */
export const INVOCATION_SECONDS = 0.1;
