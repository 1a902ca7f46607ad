/** The endpoint that replaces that of AWS. The variables are those that the SDK's clients read; the local cloud sets them. */
export const endpointOf = (service: string): string | undefined =>
  process.env[`AWS_ENDPOINT_URL_${service}`] ?? process.env.AWS_ENDPOINT_URL;
