import { preflightCheck } from './preflight-check.ts';

export const policyUrls = preflightCheck({
  name: 'UrlNotReady',
  source: 'eks',
  finds: 'A URL that the policy names (`scan.urls`) does not answer with success.',
  observe({ urls = [] }) {
    return urls
      .filter(({ isReady }) => !isReady)
      .map(({ url, answer }) => ({
        subject: { kind: 'URL', name: url },
        cause: `url:${url}`,
        message: `The URL ${url}, which the policy wants to answer with success before a hop, does not: ${answer}.`,
        fix: 'Bring back what answers there, and look again.',
      }));
  },
});
