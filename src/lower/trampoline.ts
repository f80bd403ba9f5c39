/**
 * A recursive computation whose stack lies on the heap: `yield` a computation to get its result. However deep the
 * user's nesting, chain of calls or left-leaning sum is, the call stack stays flat.
 */
export type Computation<T> = Generator<Computation<T>, T, T>;

export function run<T>(computation: Computation<T>): T {
  const stack: Computation<T>[] = [computation];
  let result: T | undefined;
  let failure: { readonly error: unknown } | undefined;
  for (;;) {
    const top = stack[stack.length - 1]!;
    let step: IteratorResult<Computation<T>, T>;
    try {
      step = failure === undefined ? top.next(result as T) : top.throw(failure.error);
      failure = undefined;
    } catch (error) {
      stack.pop();
      if (stack.length === 0) throw error;
      failure = { error };
      continue;
    }
    if (step.done !== true) {
      stack.push(step.value);
      result = undefined;
      continue;
    }
    stack.pop();
    if (stack.length === 0) return step.value;
    result = step.value;
  }
}
