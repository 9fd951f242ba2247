/**
 * Remembers what a function of two objects gave, for as long as both objects are alive. The function has to depend on nothing else, and
 * the objects must never change. The result must not be changed either: all who ask get the same one.
 */
export function rememberPairs<A extends object, B extends object, Result>(compute: (a: A, b: B) => Result): (a: A, b: B) => Result {
  const known = new WeakMap<A, WeakMap<B, Result>>();
  return (a, b) => {
    let ofA = known.get(a);
    if (ofA === undefined) known.set(a, (ofA = new WeakMap<B, Result>()));
    let result = ofA.get(b);
    if (result === undefined) ofA.set(b, (result = compute(a, b)));
    return result;
  };
}
