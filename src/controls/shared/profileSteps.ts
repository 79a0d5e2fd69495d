/** The step for profiles that a pod names and a built-in policy does not allow. */
export function profileWords(
  what: string,
  profiles: readonly string[],
): {readonly asks: string; readonly says: string} {
  const isLocal = profiles.every(profile => profile.startsWith('localhost/'));
  const names = [...new Set(profiles)].map(profile => profile || 'without a name').join(', ');
  return {
    asks: `has ${what} ${names}${isLocal ? ', which the standard allows but the policy cannot' : ''}`,
    says: `remove the ${what}: the runtime's own takes its place`,
  };
}
