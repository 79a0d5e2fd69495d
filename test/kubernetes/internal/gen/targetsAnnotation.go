package gen

import "strings"

// annotationTargets are the controls of annotations, sysctls and the runtime class.
var annotationTargets = []target{
	{"seccomp", func(r *R, pod M) {
		if r.p(0.8) {
			r.seccomp(pod)
		}
	}, func(r *R, v *view, p M) bool {
		pod, ctrs := v.seccomp()
		all := uniq(append([]string{pod}, ctrs...))
		a := annotations(p)
		bad := pickOf(r, all)
		if bad == "" {
			delete(a, seccompDefault)
			a[seccompAllowed] = strings.Join(uniq(append(without(all, ""), pickOf(r, seccompProfiles))), ",")
			return true
		}
		drop := []string{bad, "", "*"}
		if bad == "runtime/default" || bad == "docker/default" {
			drop = append(drop, "runtime/default", "docker/default")
		}
		l := without(append(all, some(r, seccompProfiles, 2)...), drop...)
		if len(l) == 0 || r.p(0.25) {
			delete(a, seccompAllowed)
			delete(a, seccompDefault)
			return true
		}
		if pod == "" {
			a[seccompDefault] = l[0]
		}
		a[seccompAllowed] = strings.Join(shuffled(r, uniq(l)), ",")
		return true
	}},
	{"appArmor", func(r *R, pod M) {
		if r.p(0.75) {
			r.appArmor(pod)
		}
	}, func(r *R, v *view, p M) bool {
		set, unset := v.appArmor()
		a := annotations(p)
		if unset > 0 && (len(set) == 0 || r.p(0.4)) {
			delete(a, appArmorDefault)
			if r.p(0.15) && len(set) == 0 {
				a[appArmorAllowed] = ""
			} else {
				a[appArmorAllowed] = strings.Join(uniq(append(append([]string{}, set...), pickOf(r, appArmorProfiles))), ",")
			}
			return true
		}
		if len(set) == 0 {
			return false
		}
		bad := pickOf(r, set)
		l := uniq(without(append(append([]string{}, set...), some(r, appArmorProfiles, 2)...), bad))
		if len(l) == 0 {
			return false
		}
		if unset > 0 {
			a[appArmorDefault] = l[0]
		}
		a[appArmorAllowed] = strings.Join(l, ",")
		return true
	}},
	{"forbiddenSysctls", func(r *R, pod M) { r.sysctls(pod, 1+r.Intn(2), 0.4) }, func(r *R, v *view, p M) bool {
		names := v.sysctls()
		if len(names) == 0 {
			return false
		}
		bad := pickOf(r, names)
		if strings.Contains(bad, "/") {
			return false
		}
		pat := pickOf(r, []string{bad, bad + "*", bad[:len(bad)-1] + "*", bad[:strings.LastIndex(bad, ".")] + ".*", bad[:strings.Index(bad, ".")] + ".*", "*"})
		s := spec(p)
		l := L{}
		for _, x := range list(s, "allowedUnsafeSysctls") {
			if !overlap(x.(string), pat) {
				l = append(l, x)
			}
		}
		if len(l) > 0 {
			s["allowedUnsafeSysctls"] = l
		} else {
			delete(s, "allowedUnsafeSysctls")
		}
		s["forbiddenSysctls"] = L{pat}
		for _, n := range names { // the others must not fail as unsafe
			if !matches(pat, n) && !isSafe(n) {
				ok := false
				for _, x := range l {
					ok = ok || matches(x.(string), n)
				}
				if !ok {
					return false
				}
			}
		}
		return true
	}},
	{"unsafeSysctls", func(r *R, pod M) {
		for i := 0; i < 4; i++ {
			r.sysctls(pod, 1, 0.8)
		}
	}, func(r *R, v *view, p M) bool {
		var unsafe []string
		for _, n := range v.sysctls() {
			if !isSafe(n) && !strings.Contains(n, "/") {
				unsafe = append(unsafe, n)
			}
		}
		if len(unsafe) == 0 {
			return false
		}
		bad := pickOf(r, unsafe)
		s := spec(p)
		l := L{}
		for _, n := range unsafe {
			if n != bad {
				l = append(l, n)
			}
		}
		if r.p(0.5) {
			for _, x := range []string{bad + ".*", "fs.*", bad + "x", bad[:len(bad)-1]} {
				if r.p(0.4) && !matches(x, bad) {
					l = append(l, x)
				}
			}
		}
		delete(s, "forbiddenSysctls")
		if len(l) > 0 {
			s["allowedUnsafeSysctls"] = l
		} else {
			delete(s, "allowedUnsafeSysctls")
		}
		return true
	}},
	{"runtimeClass", func(r *R, pod M) { spec(pod)["runtimeClassName"] = pickOf(r, runtimeClasses) }, func(r *R, v *view, p M) bool {
		rc := v.pod.Spec.RuntimeClassName
		if rc == nil {
			return false
		}
		l := without(append(some(r, runtimeClasses, 2), *rc+"x", "crun"), *rc)
		s := spec(p)
		switch r.Intn(4) {
		case 0:
			s["runtimeClass"] = M{"allowedRuntimeClassNames": L{}}
		case 1:
			s["runtimeClass"] = M{}
		case 2:
			s["runtimeClass"] = M{"allowedRuntimeClassNames": strs(uniq(l)), "defaultRuntimeClassName": l[0]}
		default:
			s["runtimeClass"] = M{"allowedRuntimeClassNames": strs(uniq(l))}
		}
		return true
	}},
}
