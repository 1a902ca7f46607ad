/** In place of AWS's own, as clients of the SDK take it from the environment: where the local cloud is. */
export const endpointOf = (service: string): string | undefined =>
  process.env[`AWS_ENDPOINT_URL_${service}`] ?? process.env.AWS_ENDPOINT_URL;
