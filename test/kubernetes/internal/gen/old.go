package gen

import "kubectl-psp/reference/internal/oracle"

// isOld tells whether the release is one of those that have cases of their own beside those of v1.24,
// whose cases stay as they were.
func isOld() bool { return oracle.Minor < 24 }

// changed makes cases around what differs between releases.
func (g *Generator) changed() *draft {
	r := g.r
	ns, sa := g.place()
	pod := r.pod(ns, r.Intn(2))
	q := r.Intn(7)
	switch q {
	case 0: // sysctls that have become safe
		name := r.pick("net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies", "net/ipv4/ping_group_range", "kernel/shm_rmid_forced")
		podSC(pod)["sysctls"] = L{M{"name": name, "value": "0"}}
	case 1: // the token volume
		r.addVolume(pod, "projected")
		push(spec(pod), "volumes", volume("kube-api-access-b2c4d", M{"projected": tokenProjection()}))
	case 2: // the two names of the runtime's seccomp profile, as annotation, field and both
		r.runtimeSeccomp(pod)
	case 3:
		r.addVolume(pod, "ephemeral")
	case 4: // fields that not every release knows
		r.laterField(pod)
	case 5: // seccomp in fields and annotations that say different things
		r.seccomp(pod)
		podSC(pod)["seccompProfile"] = seccompField(pickOf(r, seccompProfiles))
	default:
		r.hostPort(pod)
		ctrSC(anyCtr(r, pod))["runAsUser"] = pickOf(r, uids)
	}
	r.serviceAccount(pod, sa)
	v, err := viewOf(pod)
	if err != nil {
		return nil
	}
	var policies []M
	var grants []string
	for i := 1 + r.Intn(3); i > 0; i-- {
		p := r.accept(v, "")
		r.changedPolicy(p, q)
		policies, grants = append(policies, p), append(grants, g.who())
	}
	return g.finish(ns, sa, pod, policies, grants, false)
}

func (r *R) runtimeSeccomp(pod M) {
	profile := r.pick("docker/default", "runtime/default")
	for _, c := range containers(pod) {
		if r.p(0.5) {
			r.setSeccomp(pod, c, profile)
		}
	}
	if r.p(0.7) {
		r.setSeccomp(pod, nil, r.pick("docker/default", "runtime/default"))
	}
}

func (r *R) laterField(pod M) {
	switch r.Intn(5) {
	case 0:
		spec(pod)["os"] = M{"name": r.pick("linux", "windows")}
	case 1:
		podSC(pod)["windowsOptions"] = M{"hostProcess": false}
	case 2:
		podSC(pod)["fsGroupChangePolicy"] = r.pick("Always", "OnRootMismatch")
	case 3:
		spec(pod)["setHostnameAsFQDN"] = r.p(0.5)
	default:
		push(spec(pod), "topologySpreadConstraints", M{"maxSkew": int64(1), "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"})
	}
}

func (r *R) changedPolicy(p M, q int) {
	s := spec(p)
	switch {
	case q == 0 && r.p(0.6):
		delete(s, "allowedUnsafeSysctls")
		delete(s, "forbiddenSysctls")
		if r.p(0.3) {
			s[r.pick("allowedUnsafeSysctls", "forbiddenSysctls")] = pickOf(r, []L{{"net.ipv4.ping_group_range"}, {"net.ipv4.*"}, {"*"}})
		}
	case q == 1 && r.p(0.7):
		s["volumes"] = strs(without(coreTypes, "projected"))
	case q == 2 && r.p(0.8):
		a := annotations(p)
		a[seccompAllowed] = r.pick("docker/default", "runtime/default", "docker/default,runtime/default", "localhost/a")
		delete(a, seccompDefault)
		if r.p(0.6) {
			a[seccompDefault] = r.pick("docker/default", "runtime/default")
		}
	case q == 3 && r.p(0.7):
		s["volumes"] = pickOf(r, []L{{"*"}, strs(coreTypes), strs(append([]string{"ephemeral"}, coreTypes...))})
	case q == 5 && r.p(0.5):
		r.seccompPolicy(p)
	case q == 6 && r.p(0.5):
		s["runAsUser"], s["hostPorts"] = r.strategy("MustRunAs", "MustRunAsNonRoot"), r.portNoise(1)
	}
}

// spoilersOf are the ways to make a policy invalid, with those that only some releases take for one.
func spoilersOf() []func(*R, *draft, M) {
	if !isOld() {
		return spoilers
	}
	return append(append([]func(*R, *draft, M){}, spoilers...),
		set("allowedUnsafeSysctls", L{"net/core/somaxconn"}, L{"net/*"}, L{"net.ipv4.*", "kernel/sem"}),
		set("forbiddenSysctls", L{"net/ipv4/tcp_syncookies"}, L{"kernel/*"}),
		func(r *R, d *draft, p M) { push(spec(p), "volumes", "ephemeral") },
		note(seccompAllowed, "runtime", "docker/other", "localhost/", "Runtime/Default"),
	)
}
