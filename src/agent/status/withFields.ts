/** A copy with other fields; fields that are computed on demand stay so. */
export function withFields<View extends object, Fields extends object>(view: View, fields: Fields): View & Fields {
    const described = Object.getOwnPropertyDescriptors(view);
    return Object.defineProperties({}, { ...described, ...Object.getOwnPropertyDescriptors(fields) }) as View & Fields;
}
