import type { PipelinePolicy, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';

/**
 * Ends a request `limitMs` after it began, with all its repetitions. Two policies: the first goes around the repetitions, the
 * second sees each of them. When the time is up, the last answer counts, so that a 429 is reported as one.
 */
export function deadlinePolicies(limitMs: number): { readonly around: PipelinePolicy; readonly each: PipelinePolicy } {
  const last = new WeakMap<PipelineRequest, PipelineResponse>();
  return {
    around: {
      name: 'slipwayDeadline',
      sendRequest: async (request, next) => {
        const signal = AbortSignal.timeout(limitMs);
        request.abortSignal = signal;
        try {
          return await next(request);
        } catch (error) {
          const answer = last.get(request);
          if (signal.aborted && answer !== undefined) return answer;
          throw signal.aborted ? new Error(`no answer within ${limitMs / 1000} s`, { cause: error }) : error;
        }
      },
    },
    each: {
      name: 'slipwayLastAnswer',
      sendRequest: async (request, next) => {
        const answer = await next(request);
        last.set(request, answer);
        return answer;
      },
    },
  };
}
