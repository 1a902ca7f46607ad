import type { HttpAnswer } from '../../wire/http-message.ts';
import type { EnvironmentSetup, FromRuntime, ToRuntime, WorkerRequest } from './worker-messages.ts';

/** What an execution environment runs in. */
export interface FunctionProcess {
  send(message: ToRuntime): void;
  /** Keeps the host alive from an invocation's beginning to its end. */
  hold(): void;
  letGo(): void;
  /** Ends it at once, in the middle of whatever it does. */
  end(): Promise<void>;
}

/** What the host of an environment hears of its process. */
export interface ProcessListener {
  onMessage(message: FromRuntime): void;
  onWrote(text: string): void;
  /** The process is gone; `code` is its exit code, absent where V8 ended it for want of memory. */
  onEnd(error: Error | undefined, code?: number): void;
}

export interface ProcessSetup extends EnvironmentSetup {
  /** Answers requests to `origin` and to API servers. A rejection is a connection that breaks. */
  readonly answer?: (request: WorkerRequest) => Promise<HttpAnswer>;
}

/** Gives what a runtime says to whom it is for. */
export async function hear(
  message: FromRuntime,
  listener: ProcessListener,
  answer: ProcessSetup['answer'],
  send: FunctionProcess['send'],
): Promise<void> {
  if (message.type === 'wrote') listener.onWrote(message.text);
  else if (message.type !== 'request') listener.onMessage(message);
  else {
    const { id, request } = message;
    try {
      send({ type: 'answer', id, answer: await answer?.(request) });
    } catch {
      send({ type: 'answer', id });
    }
  }
}
