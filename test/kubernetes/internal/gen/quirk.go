package gen

import "strings"

// quirk makes cases around rules that are easy to get wrong.
func (g *Generator) quirk() *draft {
	r := g.r
	ns, sa := g.place()
	pod := r.pod(ns, r.Intn(2))
	q := r.Intn(9)
	switch q {
	case 0: // an empty list of groups is not an absent one
		podSC(pod)["supplementalGroups"] = L{}
	case 1:
		r.addVolume(pod, "projected")
	case 2:
		needHostPath(r, pod, r.p(0.5))
		needHostPath(r, pod, r.p(0.5))
	case 3: // host ports by default
		spec(pod)["hostNetwork"] = true
		c := pickOf(r, mainContainers(pod))
		c["ports"] = L{M{"containerPort": pickOf(r, ports)}}
	case 4:
		r.seccomp(pod)
		r.seccomp(pod)
		r.seccomp(pod)
	case 5:
		ctrSC(anyCtr(r, pod))["procMount"] = "Unmasked"
	case 6:
		r.caps(anyCtr(r, pod))
		r.caps(anyCtr(r, pod))
	case 7:
		podSC(pod)["seLinuxOptions"] = r.seOptions()
		ctrSC(anyCtr(r, pod))["seLinuxOptions"] = r.seOptions()
	default:
		podSC(pod)["runAsUser"] = pickOf(r, uids)
		ctrSC(anyCtr(r, pod))["runAsUser"] = pickOf(r, uids)
		podSC(pod)["runAsNonRoot"] = r.p(0.5)
		ctrSC(anyCtr(r, pod))["runAsNonRoot"] = r.p(0.5)
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
		s := spec(p)
		switch {
		case q == 0 && r.p(0.7):
			s["supplementalGroups"] = r.strategy("MustRunAs", "MayRunAs")
		case q == 1:
			l := []string{}
			for _, x := range list(s, "volumes") {
				l = append(l, x.(string))
			}
			if has(l, "*") || r.p(0.7) {
				l = append(without(append(l, v.volumeKinds()...), "projected", "*"), "secret")
			}
			s["volumes"] = strs(uniq(l))
		case q == 2 && r.p(0.8):
			l := L{}
			for _, x := range v.paths() {
				pre := pickOf(r, append(prefixesOf(x), some(r, nearPrefixes(r, x), 1)...))
				if !strings.Contains(pre, "..") {
					l = append(l, M{"pathPrefix": pre, "readOnly": r.p(0.5)})
				}
			}
			s["allowedHostPaths"] = l
		case q == 3 && r.p(0.6):
			s["hostPorts"] = r.portNoise(2)
		case q == 4 && r.p(0.6):
			r.seccompPolicy(p)
		case q == 5:
			s["allowedProcMountTypes"] = pickOf(r, []L{{"Unmasked"}, {"Default"}, {"Default", "Unmasked"}})
		case q == 7 && r.p(0.7):
			l := v.seLinux()
			s["seLinux"] = M{"rule": "MustRunAs", "seLinuxOptions": r.seEqual(pickOf(r, l))}
		case q == 8 && r.p(0.7):
			s["runAsUser"] = r.strategy("MustRunAs", "MustRunAsNonRoot")
		}
		policies, grants = append(policies, p), append(grants, g.who())
	}
	d := g.finish(ns, sa, pod, policies, grants, false)
	if q == 5 && r.p(0.4) {
		d.gates = map[string]bool{"ProcMountType": false}
	}
	return d
}

// spoil makes one policy of a case invalid.
func (g *Generator) spoil() *draft {
	r := g.r
	if len(g.kept) == 0 {
		return nil
	}
	k := r.Intn(len(g.kept))
	d := g.kept[k].clone()
	if len(d.policies) == 0 {
		return nil
	}
	d.from = g.names[k]
	ways := spoilersOf()
	ways[g.spoiled%len(ways)](r, d, pickOf(r, d.policies))
	g.spoiled++
	return d
}

// set makes a spoiler that sets one field of the policy to one of the values.
func set(key string, values ...interface{}) func(*R, *draft, M) {
	return func(r *R, d *draft, p M) { spec(p)[key] = clone(pickOf(r, values)) }
}

// note makes a spoiler that sets one annotation of the policy.
func note(key string, values ...string) func(*R, *draft, M) {
	return func(r *R, d *draft, p M) { annotations(p)[key] = pickOf(r, values) }
}

func span(min, max int64) L { return L{M{"min": min, "max": max}} }

// spoilers make a policy invalid, each in one way.
var spoilers = []func(*R, *draft, M){
	set("runAsUser", M{"rule": "mustRunAs"}, M{"rule": "MayRunAs"}, M{"rule": ""}, M{}),
	set("runAsUser", M{"rule": "MustRunAs", "ranges": span(-1, 10)}, M{"rule": "MustRunAs", "ranges": span(5, 4)}, M{"rule": "RunAsAny", "ranges": span(-2, -1)}),
	set("runAsGroup", M{"rule": "MustRunAsNonRoot"}, M{"rule": ""}, M{"rule": "any"}),
	set("runAsGroup", M{"rule": "MustRunAs"}, M{"rule": "MayRunAs"}, M{"rule": "MustRunAs", "ranges": L{}}),
	set("runAsGroup", M{"rule": "RunAsAny", "ranges": span(1, 2)}),
	set("runAsGroup", M{"rule": "MayRunAs", "ranges": span(-3, 3)}, M{"rule": "MustRunAs", "ranges": span(9, 8)}),
	set("supplementalGroups", M{"rule": "MustRunAsNonRoot"}, M{"rule": "runAsAny"}),
	set("supplementalGroups", M{"rule": "MayRunAs", "ranges": span(-5, -1)}, M{"rule": "MustRunAs", "ranges": span(2, 1)}),
	set("fsGroup", M{"rule": "MustRunAsNonRoot"}, M{"rule": "Any"}),
	set("fsGroup", M{"rule": "MustRunAs", "ranges": span(10, 1)}, M{"rule": "MayRunAs", "ranges": span(-1, 1)}),
	set("seLinux", M{"rule": "MayRunAs"}, M{"rule": ""}, M{"rule": "mustRunAs", "seLinuxOptions": M{"level": "s0"}}),
	func(r *R, d *draft, p M) {
		delete(spec(p), r.pick("seLinux", "fsGroup", "supplementalGroups", "runAsUser"))
	},
	func(r *R, d *draft, p M) { push(spec(p), "volumes", r.pick("hostpath", "cephfs", "", "pvc", "all")) },
	set("allowedHostPaths", L{M{"pathPrefix": "/foo/../bar"}}, L{M{"pathPrefix": ".."}}, L{M{"pathPrefix": "/.."}, M{"pathPrefix": "../.."}}),
	set("allowedHostPaths", L{M{"pathPrefix": ""}, M{"pathPrefix": "/a/.."}}, L{M{"pathPrefix": "/a/.."}, M{"readOnly": true}}),
	set("allowedFlexVolumes", L{M{"driver": ""}}, L{M{"driver": "a"}, M{}}),
	set("allowedCSIDrivers", L{M{"name": ""}}, L{M{"name": "bad_driver!"}}, L{M{"name": "-x"}}),
	set("allowedUnsafeSysctls", L{""}, L{"kernel.sem", ""}),
	set("forbiddenSysctls", L{"kernel.*.x"}, L{"kernel..sem"}, L{"Kernel.sem"}, L{"net/core"}),
	set("allowedUnsafeSysctls", L{"*", "kernel.sem"}, L{"*", "*"}),
	func(r *R, d *draft, p M) {
		o := pickOf(r, [][2]L{
			{{"kernel.*", "net.core.somaxconn", "fs.mqueue.*", "net.ipv4.tcp_syncookies", "net.ipv6.*"}, {"kernel.sem", "net.core.*", "fs.*", "net.ipv4.tcp_syncookies", "net.ipv6.conf.*"}},
			{{"kernel.s*"}, {"kernel.*"}},
			{{"kernel.sem", "kernel.msgmax"}, {"net.*", "kernel.sem"}},
			{{"*"}, {"*"}},
			{{"net.core.somaxconn"}, {"net.*", "kernel.*"}},
		})
		spec(p)["allowedUnsafeSysctls"], spec(p)["forbiddenSysctls"] = o[0], o[1]
	},
	func(r *R, d *draft, p M) {
		spec(p)["requiredDropCapabilities"], spec(p)["allowedCapabilities"] = L{r.pick("ALL", "NET_RAW")}, L{"*"}
	},
	func(r *R, d *draft, p M) {
		spec(p)["requiredDropCapabilities"], spec(p)[r.pick("allowedCapabilities", "defaultAddCapabilities")] = L{"NET_ADMIN"}, L{"CHOWN", "NET_ADMIN"}
	},
	func(r *R, d *draft, p M) {
		spec(p)["allowPrivilegeEscalation"], spec(p)["defaultAllowPrivilegeEscalation"] = false, true
	},
	set("runtimeClass", M{"allowedRuntimeClassNames": L{"*", "gvisor"}}),
	set("runtimeClass", M{"allowedRuntimeClassNames": L{"kata", "kata"}}),
	set("runtimeClass", M{"allowedRuntimeClassNames": L{"Bad_Name"}}, M{"allowedRuntimeClassNames": L{"*"}, "defaultRuntimeClassName": "Bad_Name"}),
	set("runtimeClass", M{"defaultRuntimeClassName": "gvisor"}, M{"allowedRuntimeClassNames": L{"kata"}, "defaultRuntimeClassName": "gvisor"}),
	note(seccompAllowed, "runtime/default, docker/default", "foo", "localhost/../x", "*,bad", "runtime/default,"),
	note(seccompDefault, "foo", "runtime", "localhost", "*"),
	note(appArmorAllowed, "bad", "runtime/other", "localhost", "*"),
	note(appArmorDefault, "bad", "runtime/other", "localhost"),
	func(r *R, d *draft, p M) {
		spec(p)["allowedProcMountTypes"] = L{r.pick("unmasked", "Masked", "")}
		d.gates = map[string]bool{"ProcMountType": true}
	},
	func(r *R, d *draft, p M) {
		spec(p)["runAsUser"], spec(p)["fsGroup"] = M{"rule": "MustRunAs", "ranges": span(-1, -2)}, M{"rule": "nobody"}
	},
}
