package gen

import "strings"

// want is a way in which a policy can change the pod.
type want struct {
	name   string
	absent func(r *R, pod M)
	apply  func(r *R, v *view, policy M) bool
}

func dropFromSome(r *R, pod M, keys ...string) {
	n := 0
	for _, k := range keys {
		delete(podSC(pod), k)
	}
	for _, c := range containers(pod) {
		if n == 0 || r.p(0.6) {
			for _, k := range keys {
				delete(ctrSC(c), k)
			}
			if len(ctrSC(c)) == 0 {
				delete(c, "securityContext")
			}
		}
		n++
	}
}

func mayNotEscalate(r *R, pod M) {
	for i, c := range containers(pod) {
		sc := ctrSC(c)
		delete(sc, "privileged")
		if i == 0 || sc["allowPrivilegeEscalation"] == true {
			delete(sc, "allowPrivilegeEscalation")
		}
		if caps := peek(sc, "capabilities"); caps != nil {
			l := L{}
			for _, x := range list(caps, "add") {
				if x != "SYS_ADMIN" && x != "CAP_SYS_ADMIN" {
					l = append(l, x)
				}
			}
			caps["add"] = l
		}
		for _, m := range list(c, "volumeMounts") {
			delete(m.(M), "mountPropagation")
		}
		if len(sc) == 0 {
			delete(c, "securityContext")
		}
	}
}

var wants = []want{
	{"supplementalGroups", func(r *R, pod M) { delete(podSC(pod), "supplementalGroups") }, func(r *R, v *view, p M) bool {
		spec(p)["supplementalGroups"] = ranged("MustRunAs", r.idsWith(nil))
		return true
	}},
	{"fsGroup", func(r *R, pod M) { delete(podSC(pod), "fsGroup") }, func(r *R, v *view, p M) bool {
		spec(p)["fsGroup"] = ranged("MustRunAs", r.idsWith(nil))
		return true
	}},
	{"seLinux", func(r *R, pod M) {
		delete(podSC(pod), "seLinuxOptions")
		for _, c := range containers(pod) {
			if sc := peek(c, "securityContext"); sc != nil && r.p(0.8) {
				delete(sc, "seLinuxOptions")
			}
		}
	}, func(r *R, v *view, p M) bool {
		o := r.seOptions()
		if l := v.seLinux(); len(l) > 0 {
			if !sameSELinux(l) {
				return false
			}
			o = r.seEqual(l[0])
		}
		spec(p)["seLinux"] = M{"rule": "MustRunAs", "seLinuxOptions": o}
		return true
	}},
	{"seccompDefault", func(r *R, pod M) {
		delete(podSC(pod), "seccompProfile")
		delete(annotations(pod), seccompPod)
	}, func(r *R, v *view, p M) bool {
		_, ctrs := v.seccomp()
		d := pickOf(r, seccompProfiles)
		l := append(without(ctrs, ""), d)
		if r.p(0.3) {
			l = append(l, pickOf(r, seccompProfiles))
		}
		if r.p(0.2) {
			l = []string{"*"}
		}
		annotations(p)[seccompDefault] = d
		annotations(p)[seccompAllowed] = strings.Join(shuffled(r, uniq(l)), ",")
		return true
	}},
	{"seccompFromField", func(r *R, pod M) {
		delete(annotations(pod), seccompPod)
		podSC(pod)["seccompProfile"] = seccompField(pickOf(r, seccompProfiles))
	}, func(r *R, v *view, p M) bool { return true }},
	{"runtimeClass", func(r *R, pod M) { delete(spec(pod), "runtimeClassName") }, func(r *R, v *view, p M) bool {
		d := pickOf(r, runtimeClasses)
		spec(p)["runtimeClass"] = pickOf(r, []M{{"allowedRuntimeClassNames": L{"*"}, "defaultRuntimeClassName": d}, {"allowedRuntimeClassNames": L{d}, "defaultRuntimeClassName": d}, {"allowedRuntimeClassNames": L{"crun", d}, "defaultRuntimeClassName": d}})
		return true
	}},
	{"runAsUser", func(r *R, pod M) { dropFromSome(r, pod, "runAsUser") }, func(r *R, v *view, p M) bool {
		set, unset, _ := v.users()
		spec(p)["runAsUser"] = ranged("MustRunAs", r.idsWith(set))
		return unset > 0
	}},
	{"runAsGroup", func(r *R, pod M) { dropFromSome(r, pod, "runAsGroup") }, func(r *R, v *view, p M) bool {
		set, unset := v.groups()
		spec(p)["runAsGroup"] = ranged("MustRunAs", r.idsWith(set))
		return unset > 0
	}},
	{"runAsNonRoot", func(r *R, pod M) {
		dropFromSome(r, pod, "runAsUser", "runAsNonRoot")
		for _, c := range containers(pod) {
			if sc := peek(c, "securityContext"); sc != nil {
				if sc["runAsUser"] == int64(0) {
					delete(sc, "runAsUser")
				}
				if sc["runAsNonRoot"] == false {
					delete(sc, "runAsNonRoot")
				}
			}
		}
	}, func(r *R, v *view, p M) bool {
		spec(p)["runAsUser"] = M{"rule": "MustRunAsNonRoot"}
		return true
	}},
	{"capabilitiesAdd", func(r *R, pod M) {}, func(r *R, v *view, p M) bool {
		s := spec(p)
		c := pickOf(r, capNames[:len(capNames)-1])
		push(s, "defaultAddCapabilities", c)
		l := L{}
		for _, x := range list(s, "requiredDropCapabilities") {
			if x != c {
				l = append(l, x)
			}
		}
		s["requiredDropCapabilities"] = l
		return true
	}},
	{"capabilitiesDrop", func(r *R, pod M) {}, func(r *R, v *view, p M) bool {
		s := spec(p)
		allowed := append([]string{}, v.capAdds()...)
		var drop []string
		if r.p(0.5) {
			drop = []string{"ALL"}
		} else {
			drop = some(r, capNames, 1+r.Intn(3))
		}
		drop = without(drop, allowed...)
		s["allowedCapabilities"] = strs(without(allowed, drop...))
		delete(s, "defaultAddCapabilities")
		s["requiredDropCapabilities"] = strs(drop)
		return len(drop) > 0
	}},
	{"readOnlyRootFilesystem", func(r *R, pod M) {
		for i, c := range containers(pod) {
			if sc := peek(c, "securityContext"); sc != nil && (i == 0 || sc["readOnlyRootFilesystem"] == false) {
				delete(sc, "readOnlyRootFilesystem")
			}
		}
	}, func(r *R, v *view, p M) bool { spec(p)["readOnlyRootFilesystem"] = true; return !v.writableRoot() }},
	{"allowPrivilegeEscalationFalse", mayNotEscalate, func(r *R, v *view, p M) bool {
		ok, unset := v.noEscalation()
		s := spec(p)
		switch {
		case !unset:
			return false
		case ok && r.p(0.6):
			s["allowPrivilegeEscalation"] = false
			if s["defaultAllowPrivilegeEscalation"] == true {
				delete(s, "defaultAllowPrivilegeEscalation")
			}
		default:
			s["defaultAllowPrivilegeEscalation"] = false
		}
		return true
	}},
	{"allowPrivilegeEscalationTrue", func(r *R, pod M) {
		for i, c := range containers(pod) {
			if sc := peek(c, "securityContext"); sc != nil && i == 0 {
				delete(sc, "allowPrivilegeEscalation")
			}
		}
	}, func(r *R, v *view, p M) bool {
		s := spec(p)
		s["defaultAllowPrivilegeEscalation"] = true
		if r.p(0.5) {
			s["allowPrivilegeEscalation"] = true
		} else {
			delete(s, "allowPrivilegeEscalation")
		}
		return true
	}},
	{"appArmor", func(r *R, pod M) {
		for i, c := range containers(pod) {
			if i == 0 || r.p(0.5) {
				if a := peek(sub(pod, "metadata"), "annotations"); a != nil {
					delete(a, appArmorContainer+nameOf(c))
				}
			}
		}
	}, func(r *R, v *view, p M) bool {
		set, _ := v.appArmor()
		d := pickOf(r, appArmorProfiles)
		annotations(p)[appArmorDefault] = d
		delete(annotations(p), appArmorAllowed)
		if r.p(0.6) {
			annotations(p)[appArmorAllowed] = strings.Join(shuffled(r, uniq(append(set, d))), ",")
		}
		return true
	}},
}
