package gen

// target is a control that a case can be denied for.
type target struct {
	name    string
	ensure  func(r *R, pod M)                  // gives the pod what the control looks at
	violate func(r *R, v *view, policy M) bool // makes the policy refuse it
}

func anyCtr(r *R, pod M) M { return pickOf(r, containers(pod)) }

func needHostPath(r *R, pod M, writable bool) {
	for _, v := range volumes(pod) {
		if v["hostPath"] == nil {
			continue
		}
		if !writable {
			return
		}
		for _, c := range mainContainers(pod) {
			for _, m := range list(c, "volumeMounts") {
				if m.(M)["name"] == v["name"] && m.(M)["readOnly"] != true {
					return
				}
			}
		}
	}
	v := r.addVolume(pod, "hostPath")
	if writable {
		mount(pickOf(r, mainContainers(pod)), nameOf(v), "/rw/"+nameOf(v), pickOf(r, []interface{}{nil, false}))
	}
}

// ranged is a rule with ranges.
func ranged(rule string, ranges L) M { return M{"rule": rule, "ranges": ranges} }

// targets are all reasons of a denial that a control gives, in the order in which the generator
// goes through them.
var targets = append(append(append([]target{}, volumeTargets...), userTargets...), annotationTargets...)

func (r *R) off(s M, key string) bool {
	if r.p(0.5) {
		s[key] = false
	} else {
		delete(s, key)
	}
	return true
}

func (v *view) paths() []string {
	var out []string
	for i := range v.pod.Spec.Volumes {
		if h := v.pod.Spec.Volumes[i].HostPath; h != nil {
			out = append(out, h.Path)
		}
	}
	return uniq(out)
}
