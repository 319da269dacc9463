/** The same object with other fields; what is put together only when it is asked for stays so. */
export function withFields<View extends object, Fields extends object>(view: View, fields: Fields): View & Fields {
    const described = Object.getOwnPropertyDescriptors(view);
    return Object.defineProperties({}, { ...described, ...Object.getOwnPropertyDescriptors(fields) }) as View & Fields;
}
